"""What a meeting must keep to: plain functions that return problems, each with the source of its rule."""
