#pragma once
#include <optional>
#include <string>

#include "adapters/liquibase/expressions.hpp"
#include "adapters/mysql/connection.hpp"

namespace transload::liquibase {

/// Asks a server what it makes of a SELECT or an expression. It is only prepared, neither optimised nor
/// executed, so that the answer depends on definitions and never on rows: EXPLAIN would not do, since two
/// conditions look alike there once the optimiser has found that no row fits. Writes nothing. Not
/// thread-safe.
class TargetParser {
  public:
    /// Connects when first asked.
    TargetParser(Endpoint endpoint, std::string database);

    /// True when the server reads both as the same. `table` is whose columns an expression names; it is not
    /// used for ExpressionKind::select. `collation` is the connection collation that literals get; empty: the
    /// session's. False when they differ and when the server can't say (no optimizer trace, an expression
    /// that is not allowed in a SELECT). Throws ServerError when the connection is lost.
    [[nodiscard]] bool same(const Expression& left, const Expression& right, const std::string& table,
                            const std::string& collation);

  private:
    std::optional<std::string> meaning(const std::string& select);
    void prepare_session(const std::string& collation);

    Endpoint endpoint_;
    std::string database_;
    std::optional<mysql::Connection> connection_;
    unsigned asked_ = 0;
};

}  // namespace transload::liquibase
