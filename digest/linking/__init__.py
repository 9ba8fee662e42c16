"""From documents to a site: every reference bound to one record, everything sorted, grouped and counted."""
