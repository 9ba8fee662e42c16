"""What tests share: a site made from a docstring, a checker of links, a browser, the rules of imports."""
