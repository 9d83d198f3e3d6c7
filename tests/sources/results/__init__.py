"""Results CRM, on its export."""
