#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/mysql/connection.hpp"
#include "orchestrator/ports/data_engine.hpp"

namespace transload::shardingsphere {

/// How far a table has come. Written before the act that the word announces, so that after a crash the proxy and the
/// target are asked about that act, and about no other.
enum class Phase {
    planned,     ///< nothing was done
    staged,      ///< waits, empty, under its staging name; sharded: waits to be created by the proxy
    starting,    ///< MIGRATE TABLE is sent, or about to be
    inventory,   ///< the migration's id is known
    following,   ///< the proxy told that the inventory is done
    committing,  ///< COMMIT MIGRATION is sent, or about to be
    committed,   ///< no migration writes to it any more
    named,       ///< under its own name again
};

[[nodiscard]] std::string_view to_string(Phase phase);

/// One table of the job, as the target remembers it.
struct TableRecord {
    unsigned number = 0;  ///< from 1
    TableName source;
    TableName target;
    bool sharded = false;
    std::string staging;      ///< its name on the target while it is carried; the target's own for a sharded table
    std::string proxy;        ///< namespace of the proxy that carries it
    std::string source_unit;
    std::string logical_database;
    std::string migration_id;
    std::string node;         ///< instance of the proxy that the migration was begun on
    Phase phase = Phase::planned;
    unsigned attempt = 0;     ///< how often it was begun anew
    bool indexed = false;     ///< deferred indexes are built
    bool postponed = false;   ///< can't be followed: carried when the source takes no writes
    std::uint64_t rows = 0;   ///< that the proxy said to have processed
};

/// A migration works on it.
[[nodiscard]] inline bool carried(const TableRecord& record) {
    return record.phase == Phase::inventory || record.phase == Phase::following;
}

/// A migration whose proxy did not answer when it was to be ended: it could write again when the proxy comes back.
struct Orphan {
    std::string proxy;
    std::string migration_id;
    std::string table;  ///< "database.table" of the source, for messages
    bool sharded = false;
};

/// Something that the job made on a proxy and takes away again, or leaves to the user at the end.
struct ProxyObject {
    std::string proxy;
    std::string kind;      ///< "database", "unit", "source_unit", "rule"
    std::string database;  ///< logical database that it is in; for kind database the target's database
    std::string name;
};

/// The engine's memory, in `_transload` on the target. Not thread-safe. Throws ServerError.
class Registry {
  public:
    explicit Registry(const DataJob& job);

    /// Creates the tables when absent, and a record for each table of the job that has none.
    void open();
    /// False when the target has no record of this job.
    [[nodiscard]] bool present();

    [[nodiscard]] std::vector<TableRecord> tables();
    void save(const TableRecord& record);
    void remove(const TableRecord& record);

    [[nodiscard]] std::vector<Orphan> orphans();
    void add_orphan(const Orphan& orphan);
    void remove_orphan(const Orphan& orphan);

    [[nodiscard]] std::vector<ProxyObject> objects();
    void add_object(const ProxyObject& object);
    void remove_object(const ProxyObject& object);

    /// Removes the job's records, and the tables with the last job's.
    void forget();

    [[nodiscard]] mysql::Connection& connection();

  private:
    [[nodiscard]] std::string job_literal() const;

    const DataJob& job_;
    std::unique_ptr<mysql::Connection> connection_;
};

}  // namespace transload::shardingsphere
