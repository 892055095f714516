import Serving
import Testing

struct OpenAPITests {}
