"""PromoXcrm, moved into both destinations by its API and by its CSV screens."""
