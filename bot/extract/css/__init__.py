"""What the style sheets inside a page make invisible: rules, selectors, the cascade and computed values.

Parsing is left to tinycss2 and cssselect2. Linked style sheets are not fetched.
"""
