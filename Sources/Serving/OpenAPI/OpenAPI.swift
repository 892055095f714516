// The kinds' tables as OpenAPI documents.
