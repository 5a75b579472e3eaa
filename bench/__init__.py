"""Measurements that are run by hand; tests take some of them as thresholds."""
