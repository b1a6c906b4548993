"""Pages, forms and errors in general: no subject matter."""
