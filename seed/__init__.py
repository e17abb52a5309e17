"""The demo: real reference data where the public record is real, synthetic rows calibrated on it elsewhere."""
