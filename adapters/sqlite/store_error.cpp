#include "adapters/sqlite/store_error.hpp"

#include <SQLiteCpp/Exception.h>
#include <fmt/format.h>
#include <sqlite3.h>

namespace transload::sqlite {

Error store_error(const SQLite::Exception& error, const std::filesystem::path& file) {
    const auto make = [&](ErrorKind kind, const char* id, std::string_view what, std::string_view remedy) {
        return Error(kind, id, file.string(), fmt::format("the job store {} {}", file.string(), what),
                     std::string(remedy));
    };
    switch (error.getErrorCode()) {
        case SQLITE_FULL:
            return make(ErrorKind::failed, "store.full", "can't grow: the disk is full",
                        "Make room on the disk of the state folder, then retry.");
        case SQLITE_READONLY:
        case SQLITE_PERM:
            return make(ErrorKind::failed, "store.read_only", "can't be written",
                        "Make the state folder and the files in it writable for this user.");
        case SQLITE_CANTOPEN:
            return make(ErrorKind::failed, "store.unavailable", "can't be opened",
                        "Make the state folder exist and writable for this user.");
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
            return make(
                ErrorKind::failed, "store.corrupt", "is damaged or is no job store",
                "Restore it from a backup, or move it away to begin with an empty store (jobs and their "
                "reports are lost, migrated data is not).");
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
            return make(ErrorKind::transient, "store.busy", "is locked by another program",
                        "End the program that holds it (a backup, a SQLite shell).");
        default:
            return make(ErrorKind::failed, "store.io", fmt::format("failed: {}", error.what()),
                        "Check the disk of the state folder.");
    }
}

}  // namespace transload::sqlite
