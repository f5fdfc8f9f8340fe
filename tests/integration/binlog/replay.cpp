#include "tests/integration/binlog/replay.hpp"

#include <chrono>
#include <stdexcept>

#include "adapters/mysql/catalog.hpp"
#include "adapters/mysql/connection.hpp"
#include "adapters/mysql/quoting.hpp"
#include "adapters/mysql/row_codec.hpp"
#include "orchestrator/ports/run_control.hpp"

namespace transload::test {

using namespace mysql;
using namespace mysql::binlog;

namespace {

class Unheard final : public RunControl {
  public:
    [[nodiscard]] std::stop_token stop_token() const override { return {}; }
    void event(Severity, std::string_view, std::string_view, std::string_view) override {}
    void record(Severity, std::string_view, std::string_view, std::string_view) override {}
    void progress(const TableProgress&) override {}
};

std::string printable(std::string_view bytes) {
    std::string text;
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        char hex[8];
        std::snprintf(hex, sizeof hex, "\\x%02x", byte);
        text += byte < 0x20 || byte == 0x7f ? hex : std::string(1, c);
    }
    return text.size() > 400 ? text.substr(0, 400) + "…" : text;
}

void append_cell(std::string_view bytes, std::string& row) {
    row += std::to_string(bytes.size());
    row += ':';
    row += bytes;
    row += '\n';
}

}  // namespace

Endpoint log_endpoint(const TestServer& server) {
    Endpoint endpoint;
    endpoint.host = server.host();
    endpoint.port = static_cast<std::uint16_t>(server.port());
    endpoint.user = TestServer::user();
    endpoint.password = Secret(server.password());
    return endpoint;
}

std::vector<TablePlan> plans_of(const TestServer& server, const std::string& database) {
    JobSpec spec;
    spec.source = log_endpoint(server);
    spec.target = spec.source;
    spec.databases = {{database, database}};
    Unheard control;
    return MysqlCatalog().plan_tables(spec, control);
}

Position position_now(const TestServer& server) {
    Connection connection(log_endpoint(server));
    return current_position(connection);
}

std::vector<Piece> read_log(const TestServer& server, const std::vector<TablePlan>& tables, const Position& from,
                            ReaderOptions options) {
    const Position end = position_now(server);
    ChangeReader reader(log_endpoint(server), tables, from, options);
    std::vector<Piece> pieces;
    const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (!covers(reader.position(), end)) {
        if (std::chrono::steady_clock::now() > limit)
            throw std::runtime_error("the log did not reach " + end.text() + " but " + reader.position().text());
        if (auto piece = reader.next(std::chrono::milliseconds(100))) pieces.push_back(std::move(*piece));
    }
    return pieces;
}

std::string cell_text(const RowImage& image, std::size_t column) {
    switch (image.state(column)) {
        case CellState::absent: return "absent";
        case CellState::null: return "NULL";
        case CellState::value: return std::string(image.bytes(column));
        case CellState::expression: return "=(" + std::string(image.bytes(column)) + ")";
        case CellState::patch: return "patch(" + std::string(image.bytes(column)) + ")";
    }
    return {};
}

Replica::Replica(const TestServer& server, const std::vector<TablePlan>& tables)
    : server_(server), tables_(tables), rows_(tables.size()) {}

std::string Replica::row_of(std::size_t table, const RowImage& image) const {
    std::string row;
    for (const std::size_t column : writable_columns(tables_[table])) {
        switch (image.state(column)) {
            case CellState::null: row += "NULL\n"; break;
            case CellState::value: append_cell(image.bytes(column), row); break;
            case CellState::expression: {
                Connection connection(log_endpoint(server_), {.profile = SessionProfile::copy_write});
                append_cell(connection
                                .scalar("SELECT CONVERT(" + std::string(image.bytes(column)) + " USING utf8mb4)")
                                .value_or("NULL"),
                            row);
                break;
            }
            default:
                throw std::runtime_error(tables_[table].source.display() + "." + tables_[table].columns[column].name +
                                         " is " + cell_text(image, column));
        }
    }
    return row;
}

void Replica::apply(const std::vector<Piece>& pieces) {
    for (const Piece& piece : pieces) {
        for (const RowChange& change : piece.changes) {
            auto& rows = rows_[change.table];
            if (change.kind != ChangeKind::insert) {
                const std::string row = row_of(change.table, change.before);
                const auto found = rows.find(row);
                if (found == rows.end())
                    throw std::runtime_error(tables_[change.table].source.display() + " has no row " + printable(row));
                if (--found->second == 0) rows.erase(found);
            }
            if (change.kind != ChangeKind::remove) ++rows[row_of(change.table, change.after)];
        }
        if (piece.statement && piece.statement->kind == Statement::Kind::truncate) rows_[*piece.statement->table].clear();
    }
}

std::vector<std::string> Replica::differences() const {
    constexpr std::size_t most = 20;
    std::vector<std::string> lines;
    Connection connection(log_endpoint(server_), {.profile = SessionProfile::copy_read});
    for (std::size_t i = 0; i < tables_.size(); ++i) {
        auto left = rows_[i];
        connection.stream("SELECT " + select_list(tables_[i]) + " FROM " + quote_name(tables_[i].source),
                          [&](RowView fields) {
                              std::string row;
                              if (!writable_columns(tables_[i]).empty())
                                  for (const Field& field : fields) {
                                      if (field.null())
                                          row += "NULL\n";
                                      else
                                          append_cell(field.view(), row);
                                  }
                              const auto found = left.find(row);
                              if (found != left.end()) {
                                  if (--found->second == 0) left.erase(found);
                              } else if (lines.size() < most) {
                                  lines.push_back(tables_[i].source.display() + " server only: " + printable(row));
                              }
                              return true;
                          });
        for (const auto& [row, count] : left)
            if (lines.size() < most) lines.push_back(tables_[i].source.display() + " log only: " + printable(row));
    }
    return lines;
}

std::size_t Replica::rows() const {
    std::size_t count = 0;
    for (const auto& table : rows_)
        for (const auto& [row, times] : table) count += static_cast<std::size_t>(times);
    return count;
}

}  // namespace transload::test
