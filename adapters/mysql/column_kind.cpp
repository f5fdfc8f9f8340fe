#include "adapters/mysql/column_kind.hpp"

#include <unordered_map>

#include "orchestrator/plan/error.hpp"

namespace transload::mysql {

ColumnKind column_kind(const Column& column) {
    static const std::unordered_map<std::string_view, ColumnKind> kinds{
        {"tinyint", ColumnKind::integer},
        {"smallint", ColumnKind::integer},
        {"mediumint", ColumnKind::integer},
        {"int", ColumnKind::integer},
        {"integer", ColumnKind::integer},
        {"bigint", ColumnKind::integer},
        {"year", ColumnKind::integer},
        {"decimal", ColumnKind::decimal},
        {"numeric", ColumnKind::decimal},
        {"float", ColumnKind::real},
        {"double", ColumnKind::real},
        {"real", ColumnKind::real},
        {"bit", ColumnKind::bit},
        {"date", ColumnKind::temporal},
        {"time", ColumnKind::temporal},
        {"datetime", ColumnKind::temporal},
        {"timestamp", ColumnKind::temporal},
        {"enum", ColumnKind::enumeration},
        {"set", ColumnKind::set},
        {"char", ColumnKind::text},
        {"varchar", ColumnKind::text},
        {"tinytext", ColumnKind::text},
        {"text", ColumnKind::text},
        {"mediumtext", ColumnKind::text},
        {"longtext", ColumnKind::text},
        {"binary", ColumnKind::binary},
        {"varbinary", ColumnKind::binary},
        {"tinyblob", ColumnKind::binary},
        {"blob", ColumnKind::binary},
        {"mediumblob", ColumnKind::binary},
        {"longblob", ColumnKind::binary},
        {"geometry", ColumnKind::binary},
        {"point", ColumnKind::binary},
        {"linestring", ColumnKind::binary},
        {"polygon", ColumnKind::binary},
        {"multipoint", ColumnKind::binary},
        {"multilinestring", ColumnKind::binary},
        {"multipolygon", ColumnKind::binary},
        {"geomcollection", ColumnKind::binary},
        {"geometrycollection", ColumnKind::binary},
        {"vector", ColumnKind::binary},
        {"json", ColumnKind::json},
        {"uuid", ColumnKind::native_text},
        {"inet4", ColumnKind::native_text},
        {"inet6", ColumnKind::native_text},
    };
    const auto found = kinds.find(column.data_type);
    if (found == kinds.end())
        throw Error(ErrorKind::failed, "column.unknown_type", column.name,
                    "column " + column.name + " has the type '" + column.data_type + "', which can't be copied exactly",
                    "leave the table out (--exclude) or change the column's type");
    return found->second;
}

std::vector<std::string> member_names(const Column& column) {
    std::vector<std::string> names;
    const std::string& type = column.column_type;
    std::size_t at = type.find('(');
    if (at == std::string::npos) return names;
    ++at;
    while (at < type.size() && type[at] == '\'') {
        std::string name;
        for (++at; at < type.size(); ++at) {
            if (type[at] == '\'') {
                if (at + 1 < type.size() && type[at + 1] == '\'') {
                    ++at;  // a doubled quote stands for one
                } else {
                    break;
                }
            }
            name += type[at];
        }
        names.push_back(std::move(name));
        ++at;                                              // the closing quote
        if (at < type.size() && type[at] == ',') ++at;
    }
    return names;
}

}  // namespace transload::mysql
