prepare(document);
