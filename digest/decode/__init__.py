"""From bytes to typed values with places: text, YAML nodes, schema."""
