"""Words of what stands behind a mail's link: a document, and how to pay it."""
