"""Taking over a Stripe account that had customers, subscriptions and a history before us."""
