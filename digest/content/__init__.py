"""Reading content: from the bytes of one file to a document."""
