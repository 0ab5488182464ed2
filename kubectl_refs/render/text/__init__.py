"""The layout of text: pages, styles, and the phrases that several views share."""
