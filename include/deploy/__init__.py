"""What takes the project to production: Helm values, Kubernetes manifests, a Compose file, SQL for Snowflake."""
