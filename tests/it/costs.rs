//! Time and memory that bad input may cost, and faults that a run survives.
