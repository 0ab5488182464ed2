"""How text is laid out: pages, styles, and the phrases that several views share."""
