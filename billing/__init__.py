"""What things cost and who paid: plans, prices, quotes, the ledger."""
