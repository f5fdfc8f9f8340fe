#pragma once
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "orchestrator/plan/table_plan.hpp"

/// What the judgement of a table needs beside its plan. Read from the servers by fact_reader, plain data
/// here.
namespace transload::shardingsphere {

struct IndexFacts {
    std::string name;
    bool unique = false;
    bool expression = false;  ///< a functional key part
    bool prefix = false;
    std::vector<std::string> columns;  ///< without the functional parts
};

/// A foreign key that has the table as its child.
struct ForeignKeyFacts {
    std::string name;
    TableName parent;
    bool changes_rows =
        false;  ///< CASCADE, SET NULL or SET DEFAULT: InnoDB changes the child without an event
};

/// What the rows themselves said.
struct DataFacts {
    std::set<std::string> zero_dates;    ///< columns with 0000-00-00 or a date that has a zero part
    std::set<std::string> calendar_gap;  ///< columns with a date that the proxy's calendar does not have
    std::set<std::string>
        not_a_time_of_day;               ///< TIME columns with a negative value or one of 24 hours and more
    std::set<std::string> enum_zero;     ///< ENUM columns with the value that is no member
    std::set<std::string> above_int64;   ///< BIGINT UNSIGNED columns with a value above 2^63-1
    std::set<std::string> wide_keys;     ///< BIGINT keys whose ends lie further apart than 2^63-1
    std::set<std::string> negative;      ///< sharding columns with a negative value
    std::set<std::string> big_values;    ///< columns with a value that makes events too big for the proxy
    bool auto_increment_zero = false;    ///< a row has 0 in the AUTO_INCREMENT column
    bool unread = false;                 ///< asking took too long: the sets are not complete
};

struct TableFacts {
    std::vector<IndexFacts> indexes;
    std::vector<ForeignKeyFacts> foreign_keys;
    std::set<std::string> on_update;      ///< columns with ON UPDATE CURRENT_TIMESTAMP
    std::set<std::string> zero_defaults;  ///< columns whose default is a date that is zero or has a zero part
    bool unquoted_name_works = true;      ///< SHOW CREATE TABLE without quotes, as the proxy sends it
    std::string same_but_case;            ///< another table of the database whose name differs in case only
    std::string same_as_pattern;          ///< another table that the name, read as a LIKE pattern, matches
    std::vector<std::string> unreadable_names;  ///< of indexes and foreign keys, for the proxy's parser
    std::string parser_refusal;  ///< what the proxy's parser says of the table's definition; empty: nothing
    DataFacts data;
};

/// What a judgement of all tables depends on.
struct Circumstances {
    bool live = true;  ///< the source may take writes while the tables are copied
    bool source_allows_zero_dates = false;
    bool source_allows_zero_numbers = false;  ///< NO_AUTO_VALUE_ON_ZERO is in the source's global sql_mode
};

}  // namespace transload::shardingsphere
