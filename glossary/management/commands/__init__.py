"""Commands: publish_playbook, verify_policies."""
