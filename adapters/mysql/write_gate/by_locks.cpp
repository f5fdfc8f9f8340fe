#include <fmt/format.h>

#include <map>
#include <mutex>
#include <random>

#include "adapters/mysql/quoting.hpp"
#include "adapters/mysql/write_gate/open_transactions.hpp"
#include "adapters/mysql/write_gate/rights.hpp"
#include "adapters/mysql/write_gate/stop_method.hpp"
#include "orchestrator/plan/selection.hpp"

/// LOCK TABLES … READ on the job's tables, held by a session for as long as the stop lasts. Writers wait; they are not
/// refused. A session that is lost, and this process with it, gives the locks up.
namespace transload::mysql {
namespace {

std::string lock_statement(Connection& source, const JobSpec& spec) {
    std::string tables;
    for (const DatabaseMapping& mapping : spec.databases)
        for (const Row& row : source
                                  .query(fmt::format("SELECT TABLE_NAME FROM information_schema.TABLES WHERE "
                                                     "TABLE_SCHEMA = {} AND TABLE_TYPE = 'BASE TABLE' ORDER BY TABLE_NAME",
                                                     quote_text(mapping.source)))
                                  .rows)
            if (selects(spec.tables, mapping.source, *row[0]))
                tables += (tables.empty() ? "" : ", ") + quote_name(TableName{mapping.source, *row[0]}) + " READ";
    if (tables.empty())
        throw Error(ErrorKind::refused, "cutover.nothing_to_lock", spec.source.label(),
                    "the source has none of the job's tables", "check the job's databases and tables");
    return "LOCK TABLES " + tables;
}

std::string new_token() {
    std::random_device random;
    return fmt::format("{:08x}{:08x}", random(), random());
}

/// A session, and who uses it now.
struct Holder {
    explicit Holder(Connection session) : connection(std::move(session)) {}
    std::mutex mutex;
    Connection connection;
};

class ByLocks final : public StopMethod {
  public:
    [[nodiscard]] std::string name(bool) const override { return "lock_tables"; }

    void look(Connection& source, const JobSpec& spec, CutoverReport& record, RunControl& control) override {
        if (spec.cutover.reverse)
            throw Error(ErrorKind::refused, "cutover.can't_write", spec.source.label(),
                        "locked tables can't be written by the stream back either (reverse)",
                        "use write_stop super_read_only, revoke or hook");
        (void)lock_statement(source, spec);
        record.saved = new_token();
        control.event(Severity::warning, "cutover", "source",
                      "table locks last as long as this process and its session: writers have to be sent to the target "
                      "before it ends");
    }

    void stop(Connection& source, const JobSpec& spec, const CutoverReport& record, RunControl& control,
              const std::function<void()>& begins) override {
        if (alive(record.saved)) return;
        settle_open_transactions(source, spec, control);
        const auto limit = spec.cutover.answer_limit();
        auto holder = std::make_shared<Holder>(
            Connection(spec.source, {.read_timeout = limit, .write_timeout = limit, .group = group_of(record)}));
        // The longest that a server takes: an idle session must not be closed under the stop.
        holder->connection.execute("SET SESSION wait_timeout = 31536000");
        const std::string statement = lock_statement(holder->connection, spec);
        begins();
        execute_bounded(holder->connection, statement, spec, control);
        const std::lock_guard lock(mutex_);
        holders_[record.saved] = std::move(holder);
    }

    [[nodiscard]] bool holds(Connection&, const JobSpec&, const CutoverReport& record) override {
        return alive(record.saved);
    }

    void admit_stream(Connection& source, const JobSpec&, RunControl&) override {
        throw Error(ErrorKind::failed, "cutover.can't_write", source.endpoint().label(),
                    "locked tables can't be written by the stream back either",
                    "use write_stop super_read_only, revoke or hook");
    }

    void release(Connection& source, const CutoverReport& record, RunControl&) override {
        if (unlock(record.saved)) return;
        // The session is lost here. There it may live for hours, with its locks: whoever joins its group ends it.
        (void)Connection(source.endpoint(), {.read_timeout = answer, .write_timeout = answer, .group = group_of(record)});
    }

  private:
    static constexpr std::chrono::seconds answer{10};

    [[nodiscard]] static std::string group_of(const CutoverReport& record) { return "transload lock " + record.saved; }

    [[nodiscard]] bool unlock(const std::string& token) {
        std::shared_ptr<Holder> holder;
        {
            const std::lock_guard lock(mutex_);
            const auto found = holders_.find(token);
            if (found == holders_.end()) return false;
            holder = found->second;
            holders_.erase(found);
        }
        const std::lock_guard lock(holder->mutex);
        try {
            holder->connection.execute("UNLOCK TABLES");
            return true;
        } catch (const ServerError&) {
            return false;
        }
    }

    [[nodiscard]] bool alive(const std::string& token) {
        std::shared_ptr<Holder> holder;
        {
            const std::lock_guard lock(mutex_);
            const auto found = holders_.find(token);
            if (found == holders_.end()) return false;
            holder = found->second;
        }
        {
            const std::lock_guard lock(holder->mutex);
            if (holder->connection.ping()) return true;
        }
        const std::lock_guard lock(mutex_);
        holders_.erase(token);
        return false;
    }

    std::mutex mutex_;
    std::map<std::string, std::shared_ptr<Holder>> holders_;  ///< by what the record calls them
};

}  // namespace

std::unique_ptr<StopMethod> stop_by_locks() { return std::make_unique<ByLocks>(); }

}  // namespace transload::mysql
