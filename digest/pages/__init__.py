"""From a site to the views of its pages."""
