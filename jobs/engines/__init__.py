"""Know-how without memory, shared by pipelines."""
