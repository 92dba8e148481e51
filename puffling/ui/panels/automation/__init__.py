"""Automation: alerts, and what they told you."""
