#pragma once
#include "orchestrator/ports/validator.hpp"

namespace transload::mysql {

/// Validator between two servers of the MySQL family. See docs/validation.md for what each level proves.
///
/// The source is read through the request's view, which must be a ConsistentView (or null: one is opened here
/// with JobSpec::limits.workers sessions). The target is read through the request's target_view, a ConsistentView
/// opened on it, and may be written meanwhile; or, without one, through snapshots of the lanes' own, and must stand
/// still. Works with as many lanes as the smaller view has sessions, at most limits.workers. Stateless: validate() may
/// run for several jobs at once.
class MysqlValidator final : public Validator {
  public:
    [[nodiscard]] ValidationOutcome validate(const ValidationRequest& request, RunControl& control) override;
};

}  // namespace transload::mysql
