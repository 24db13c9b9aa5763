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
    length INTEGER NOT NULL, -- in tokens
    words BLOB NOT NULL, -- ids of its different tokens, uint32, little-endian
    counts BLOB NOT NULL -- how often each of them stands in it, uint8
);
CREATE INDEX passage_of_document ON passage (doc);

-- Every token of every passage that is or was here; one that no passage holds any more does no harm.
CREATE TABLE word (
    id INTEGER PRIMARY KEY,
    word TEXT NOT NULL UNIQUE,
    sound TEXT -- pinyin without tones, of a word that may be a name
);
CREATE INDEX word_by_sound ON word (sound) WHERE sound IS NOT NULL;

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
