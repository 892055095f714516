// Where clusters of others come from: http://…, unix:PATH, kubectl:CONTEXT.
