"""The account's side of a migration: what it is asked, what that costs, how long it takes."""
