"""What `server.bootstrap` puts together, part by part: with it, the one place that knows concrete classes."""
