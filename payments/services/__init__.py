"""Every change of money state. Each function is one transaction; Stripe is asked outside it."""
