"""Background work: QThreads with an owner, a bounded queue and a clean stop."""
