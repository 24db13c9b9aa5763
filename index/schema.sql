-- The truth of an index: one SQLite file. Vectors in FAISS are derived from it and can always be rebuilt.

CREATE TABLE meta (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;

-- name, source, sidecar and translations are all that a rebuild needs; later formats keep these columns.
CREATE TABLE document (
    doc INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    source TEXT NOT NULL,
    sidecar TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    info TEXT NOT NULL,
    sections TEXT NOT NULL,
    translations TEXT NOT NULL -- a JSON list of the files' texts
);

CREATE TABLE paragraph (
    doc INTEGER NOT NULL REFERENCES document ON DELETE CASCADE,
    number INTEGER NOT NULL,
    section INTEGER NOT NULL,
    role TEXT NOT NULL,
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (doc, number)
) WITHOUT ROWID;

CREATE TABLE passage (
    pid INTEGER PRIMARY KEY AUTOINCREMENT,
    doc INTEGER NOT NULL REFERENCES document ON DELETE CASCADE,
    number INTEGER NOT NULL,
    section INTEGER NOT NULL,
    text TEXT NOT NULL,
    tokens TEXT NOT NULL, -- separated by spaces
    length INTEGER NOT NULL -- in tokens
);
CREATE INDEX passage_of_document ON passage (doc);
CREATE INDEX passage_length ON passage (length);

CREATE TABLE sentence (
    pid INTEGER NOT NULL REFERENCES passage ON DELETE CASCADE,
    position INTEGER NOT NULL,
    paragraph INTEGER NOT NULL,
    begin INTEGER NOT NULL,
    stop INTEGER NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (pid, position)
) WITHOUT ROWID;

-- paragraph, begin and stop are null for the vector of a whole passage, set for one of its segments.
CREATE TABLE vector (
    vid INTEGER PRIMARY KEY AUTOINCREMENT,
    pid INTEGER NOT NULL REFERENCES passage ON DELETE CASCADE,
    paragraph INTEGER,
    begin INTEGER,
    stop INTEGER,
    data BLOB NOT NULL -- float16, little-endian
);
CREATE INDEX vector_of_passage ON vector (pid);

-- What FAISS has not seen yet is replayed from here: op 1 is added, -1 is removed.
CREATE TABLE change (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    vid INTEGER NOT NULL,
    op INTEGER NOT NULL
);
CREATE TRIGGER vector_added AFTER INSERT ON vector BEGIN
    INSERT INTO change (vid, op) VALUES (new.vid, 1);
END;
CREATE TRIGGER vector_removed AFTER DELETE ON vector BEGIN
    INSERT INTO change (vid, op) VALUES (old.vid, -1);
END;

-- Tokens come cut from our own tokenizer; the marks inside one (3.5%, r&d) must not cut it again.
CREATE VIRTUAL TABLE passage_words USING fts5 (
    tokens, content = 'passage', content_rowid = 'pid',
    tokenize = "unicode61 remove_diacritics 0 tokenchars '.%&+-/#_@:~'"
);
CREATE VIRTUAL TABLE word_count USING fts5vocab (passage_words, row);
CREATE TRIGGER passage_added AFTER INSERT ON passage BEGIN
    INSERT INTO passage_words (rowid, tokens) VALUES (new.pid, new.tokens);
END;
CREATE TRIGGER passage_removed AFTER DELETE ON passage BEGIN
    INSERT INTO passage_words (passage_words, rowid, tokens) VALUES ('delete', old.pid, old.tokens);
END;

-- Stretches of each plan's searched folding (rag/wording/fold.py), overlapping; start and end are of the source.
CREATE TABLE wording (
    wid INTEGER PRIMARY KEY AUTOINCREMENT,
    doc INTEGER NOT NULL REFERENCES document ON DELETE CASCADE,
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    own INTEGER NOT NULL, -- characters that no later stretch repeats
    text TEXT NOT NULL
);
CREATE INDEX wording_of_document ON wording (doc);
CREATE VIRTUAL TABLE wording_grams USING fts5 (
    text, content = 'wording', content_rowid = 'wid',
    tokenize = 'trigram case_sensitive 1', detail = none, columnsize = 0
);
CREATE VIRTUAL TABLE wording_gram_count USING fts5vocab (wording_grams, row);
CREATE TRIGGER wording_added AFTER INSERT ON wording BEGIN
    INSERT INTO wording_grams (rowid, text) VALUES (new.wid, new.text);
END;
CREATE TRIGGER wording_removed AFTER DELETE ON wording BEGIN
    INSERT INTO wording_grams (wording_grams, rowid, text) VALUES ('delete', old.wid, old.text);
END;
