"""The whole journey through browsers, from a proposal to a published review, whatever the installation: steps, one module a stage."""
