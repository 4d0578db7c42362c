"""Engines: what moves candidates from `Ledger.ask` to `Ledger.tell`. All have the signature of `local.run`."""
