#pragma once
#include "orchestrator/ports/validator.hpp"

namespace transload::mysql {

/// Validator between two servers of the MySQL family. See docs/validation.md for what each level proves.
///
/// The source is read through the request's view, which must be a ConsistentView (or null: one is opened here
/// with JobSpec::limits.workers sessions). The target is read through snapshots of its own and must not be
/// written meanwhile. Works with as many lanes as the view has sessions, at most limits.workers. Stateless:
/// validate() may run for several jobs at once.
class MysqlValidator final : public Validator {
  public:
    [[nodiscard]] ValidationOutcome validate(const ValidationRequest& request, RunControl& control) override;
};

}  // namespace transload::mysql
