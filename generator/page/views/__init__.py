"""What the browser asks for, by subject; each view makes one template of generator/page/templates."""
