"""No protected name in a file that protects it."""
