"""What people type, checked: one module per subject."""
