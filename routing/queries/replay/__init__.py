"""Reading the history of many leads for replay: narrowed in SQL, decided by routing.engine.replay."""
