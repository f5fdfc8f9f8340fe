#pragma once
#include <string>
#include <string_view>
#include <vector>

/// Finds the expressions inside SHOW CREATE: what a server parses and prints again in its own words.
namespace transload::liquibase {

enum class ExpressionKind {
    select,     ///< all of a view's SELECT
    value,      ///< of a generated column, a default or an index, brackets included
    condition,  ///< of a CHECK, brackets included
};

struct Expression {
    ExpressionKind kind = ExpressionKind::value;
    std::string text;
};

struct TakenApart {
    std::string frame;                    ///< the text with one mark in the place of each expression
    std::vector<Expression> expressions;  ///< in the order of the text
};

/// "CREATE … VIEW `v` AS select … [WITH … CHECK OPTION]": the check option belongs to the frame. No
/// expression when the text does not look like a view.
[[nodiscard]] TakenApart take_apart_view(std::string_view show_create);

/// A CREATE TABLE. Throws Error "schema.unreadable" when it does not look like one.
[[nodiscard]] TakenApart take_apart_table(std::string_view show_create);

}  // namespace transload::liquibase
