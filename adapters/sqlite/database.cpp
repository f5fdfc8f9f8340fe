#include "adapters/sqlite/database.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <string>

#include "adapters/sqlite/migrations.hpp"

namespace transload::sqlite {
namespace {

constexpr int application_id =
    0x54524c44;  // "TRLD", so that `file` and we know the store from another database

void configure(SQLite::Database& database) {
    database.exec("PRAGMA journal_mode = WAL");
    // FULL: a commit that returned survives a power cut. The store writes little; this costs one fsync.
    database.exec("PRAGMA synchronous = FULL");
    database.exec("PRAGMA foreign_keys = ON");
    database.exec("PRAGMA trusted_schema = OFF");
}

void check(SQLite::Database& database, const std::filesystem::path& file) {
    const int id = database.execAndGet("PRAGMA application_id").getInt();
    const bool empty = database.execAndGet("SELECT COUNT(*) = 0 FROM sqlite_schema").getInt() != 0;
    if (id != application_id && !(empty && id == 0))
        throw Error(ErrorKind::failed, "store.corrupt", file.string(),
                    fmt::format("{} is a database of another program", file.string()),
                    "Choose another state folder (--state-dir).");
    const std::string verdict = database.execAndGet("PRAGMA quick_check(1)").getString();
    if (verdict != "ok")
        throw Error(ErrorKind::failed, "store.corrupt", file.string(),
                    fmt::format("the job store {} is damaged: {}", file.string(), verdict),
                    "Restore it from a backup, or move it away to begin with an empty store.");
}

int schema_version(SQLite::Database& database) {
    if (!database.tableExists("schema_version")) return 0;
    return database.execAndGet("SELECT COALESCE(MAX(version), 0) FROM schema_version").getInt();
}

void migrate(SQLite::Database& database, const std::filesystem::path& file) {
    // Under the write lock from the beginning, so that two programs that start at once do not both migrate.
    SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
    const int version = schema_version(database);
    const int newest = migrations().back().number;
    if (version > newest)
        throw Error(ErrorKind::failed, "store.newer", file.string(),
                    fmt::format("the job store {} has schema {}, this version knows {} at most",
                                file.string(), version, newest),
                    "Use the Transload that wrote it, or a newer one.");
    if (version == 0) {
        database.exec(fmt::format("PRAGMA application_id = {}", application_id));
        database.exec(
            "CREATE TABLE schema_version (version INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL, "
            "applied INTEGER NOT NULL) STRICT");
    }
    for (const Migration& migration : migrations()) {
        if (migration.number <= version) continue;
        database.exec(migration.sql);
        SQLite::Statement note(database,
                               "INSERT INTO schema_version (version, name, applied) VALUES (?, ?, ?)");
        note.bind(1, migration.number);
        note.bind(2, migration.name);
        note.bind(3, std::chrono::duration_cast<std::chrono::microseconds>(
                         std::chrono::system_clock::now().time_since_epoch())
                         .count());
        note.exec();
    }
    transaction.commit();
}

/// The file, and the WAL beside it that takes over its mode, are for the owner alone. Only for a new file:
/// closing a descriptor of a database that is open elsewhere in the process would drop SQLite's locks on it.
void make_private(const std::filesystem::path& file) {
    const int fd = ::open(file.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd >= 0) ::close(fd);
}

}  // namespace

SQLite::Database open_database(const std::filesystem::path& file) {
    make_private(file);
    return guarded(file, [&] {
        SQLite::Database database(file.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE,
                                  busy_milliseconds);
        configure(database);
        check(database, file);
        migrate(database, file);
        return database;
    });
}

}  // namespace transload::sqlite
