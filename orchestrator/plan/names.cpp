#include "orchestrator/plan/names.hpp"

#include <array>
#include <utility>

namespace transload {
namespace {

template <class Choice>
struct Words;

#define TRANSLOAD_WORDS(Choice, ...)                                                                  \
    template <>                                                                                       \
    struct Words<Choice> {                                                                            \
        static constexpr auto list = std::to_array<std::pair<Choice, std::string_view>>(__VA_ARGS__); \
    };

TRANSLOAD_WORDS(Severity,
                {{Severity::info, "info"}, {Severity::warning, "warning"}, {Severity::error, "error"}})
TRANSLOAD_WORDS(EngineChoice, {{EngineChoice::automatic, "auto"},
                               {EngineChoice::native, "native"},
                               {EngineChoice::shardingsphere, "shardingsphere"}})
TRANSLOAD_WORDS(IfExists, {{IfExists::refuse, "refuse"},
                           {IfExists::empty_ok, "empty_ok"},
                           {IfExists::truncate, "truncate"},
                           {IfExists::drop, "drop"}})
TRANSLOAD_WORDS(ValidationLevel, {{ValidationLevel::counts, "counts"},
                                  {ValidationLevel::sample, "sample"},
                                  {ValidationLevel::checksum, "checksum"},
                                  {ValidationLevel::rows, "rows"}})
TRANSLOAD_WORDS(CutoverMode, {{CutoverMode::none, "none"},
                              {CutoverMode::automatic, "auto"},
                              {CutoverMode::manual, "manual"}})
TRANSLOAD_WORDS(WriteStopMethod, {{WriteStopMethod::super_read_only, "super_read_only"},
                                  {WriteStopMethod::revoke, "revoke"},
                                  {WriteStopMethod::lock_tables, "lock_tables"},
                                  {WriteStopMethod::hook, "hook"}})
TRANSLOAD_WORDS(OpenTransactions, {{OpenTransactions::wait, "wait"}, {OpenTransactions::kill, "kill"}})
TRANSLOAD_WORDS(DdlPolicy, {{DdlPolicy::stop, "stop"}, {DdlPolicy::ignore, "ignore"}, {DdlPolicy::apply, "apply"}})
TRANSLOAD_WORDS(WriteStopState, {{WriteStopState::none, "none"},
                                 {WriteStopState::stopping, "stopping"},
                                 {WriteStopState::held, "held"},
                                 {WriteStopState::releasing, "releasing"},
                                 {WriteStopState::telling, "telling"},
                                 {WriteStopState::over, "over"}})
TRANSLOAD_WORDS(TlsMode, {{TlsMode::disabled, "disabled"},
                          {TlsMode::preferred, "preferred"},
                          {TlsMode::required, "required"},
                          {TlsMode::verify_ca, "verify-ca"},
                          {TlsMode::verify_full, "verify-full"}})
TRANSLOAD_WORDS(DefinerPolicy,
                {{DefinerPolicy::keep, "keep"}, {DefinerPolicy::strip, "strip"}, {DefinerPolicy::map, "map"}})
TRANSLOAD_WORDS(MismatchKind, {{MismatchKind::different, "different"},
                               {MismatchKind::missing, "missing"},
                               {MismatchKind::extra, "extra"}})
#undef TRANSLOAD_WORDS

template <class Choice>
std::string_view word_of(Choice value) {
    for (const auto& [choice, word] : Words<Choice>::list)
        if (choice == value) return word;
    return "?";
}

}  // namespace

template <class Choice>
const std::vector<std::string_view>& words() {
    static const std::vector<std::string_view> all = [] {
        std::vector<std::string_view> result;
        for (const auto& [choice, word] : Words<Choice>::list) result.push_back(word);
        return result;
    }();
    return all;
}

template <class Choice>
std::optional<Choice> from_word(std::string_view wanted) {
    for (const auto& [choice, word] : Words<Choice>::list)
        if (word == wanted) return choice;
    return std::nullopt;
}

#define TRANSLOAD_INSTANTIATE(Choice)                                             \
    std::string_view to_string(Choice value) { return word_of(value); }           \
    template const std::vector<std::string_view>& words<Choice>();                \
    template std::optional<Choice> from_word<Choice>(std::string_view);

TRANSLOAD_INSTANTIATE(Severity)
TRANSLOAD_INSTANTIATE(EngineChoice)
TRANSLOAD_INSTANTIATE(IfExists)
TRANSLOAD_INSTANTIATE(ValidationLevel)
TRANSLOAD_INSTANTIATE(CutoverMode)
TRANSLOAD_INSTANTIATE(WriteStopMethod)
TRANSLOAD_INSTANTIATE(OpenTransactions)
TRANSLOAD_INSTANTIATE(DdlPolicy)
TRANSLOAD_INSTANTIATE(WriteStopState)
TRANSLOAD_INSTANTIATE(TlsMode)
TRANSLOAD_INSTANTIATE(DefinerPolicy)
TRANSLOAD_INSTANTIATE(MismatchKind)
#undef TRANSLOAD_INSTANTIATE

}  // namespace transload
