#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "adapters/mysql/binlog/change.hpp"
#include "adapters/mysql/binlog/compressed.hpp"
#include "adapters/mysql/binlog/event.hpp"
#include "adapters/mysql/binlog/gtid_event.hpp"
#include "adapters/mysql/binlog/log_place.hpp"
#include "adapters/mysql/binlog/query_event.hpp"
#include "adapters/mysql/binlog/rows.hpp"
#include "adapters/mysql/binlog/statement_facts.hpp"
#include "adapters/mysql/binlog/table_layouts.hpp"

namespace transload::mysql::binlog {

struct DecoderOptions {
    std::size_t piece_bytes = 8U << 20;
    bool job_takes_new_tables = true;
    bool any_case = false;  ///< names differ in more than case
    std::vector<std::size_t> hidden_columns;  ///< see TableLayouts
    bool checksums = false;  ///< of events before the first FORMAT_DESCRIPTION
};

/// Makes pieces of transactions out of a log's events. It knows no connection: it takes bytes. Throws as ChangeReader
/// does; after that it is done with.
class LogDecoder {
  public:
    LogDecoder(const std::vector<TablePlan>& tables, const Position& from, const std::string& server,
               const DecoderOptions& options);

    /// The next event, header and checksum included, once next() has returned nullopt. Nothing of it is needed later
    /// than the next call.
    void take(std::string_view event);

    /// A piece that is ready; nullopt: it wants an event.
    [[nodiscard]] std::optional<Piece> next();

    [[nodiscard]] const Position& position() { return place_.position(); }

    /// Transactions that were skipped since the last call.
    [[nodiscard]] std::size_t skipped() { return std::exchange(skipped_, 0); }

    /// The last event was a heartbeat.
    [[nodiscard]] bool idle() const { return same_heartbeats_ != 0; }
    /// The last two events were heartbeats of the same place.
    [[nodiscard]] bool at_end() const { return same_heartbeats_ >= 2; }

  private:
    struct Savepoint {
        std::string name;
        std::size_t pieces = 0, changes = 0, weight = 0;
    };

    void dispatch(const EventHeader& header, std::string_view body);
    [[nodiscard]] std::string_view checked(const EventHeader& header, std::string_view event);
    void start(const EventHeader& header, std::string_view body);
    void statement(const QueryEvent& query);
    void definition(const StatementFacts& facts, const QueryEvent& query);
    void direct_change(const StatementFacts& facts, const QueryEvent& query) const;
    void introduce(std::string_view body);
    void rows(EventType type, std::string_view body);
    void prepare(std::string_view body);
    void finish_prepared(const StatementFacts& facts);
    void roll_back_to(const std::string& name);
    void open();
    void emit(bool last);
    void finish(bool rolled_back);
    [[noreturn]] void undecodable(const EventHeader& header, const std::string& what) const;
    [[nodiscard]] std::string where() const { return place_.text(); }

    DecoderOptions options_;
    PlanNames names_;
    TableLayouts layouts_;
    LogPlace place_;
    bool checksums_;

    // The open transaction.
    bool open_ = false;
    bool begun_ = false;  ///< it goes on until its COMMIT
    bool own_ = false;
    std::size_t pieces_ = 0;  ///< of it that were delivered
    Piece piece_;
    Gtid gtid_;
    std::string xa_;  ///< its XA id
    std::vector<Savepoint> savepoints_;

    RowsPlace rows_place_;
    std::unique_ptr<PayloadReader> payload_;
    std::optional<Piece> ready_;
    std::unordered_set<std::string> prepared_;  ///< XA transactions that hold nothing of ours
    std::string heartbeat_;
    unsigned same_heartbeats_ = 0;
    std::size_t skipped_ = 0;
};

}  // namespace transload::mysql::binlog
