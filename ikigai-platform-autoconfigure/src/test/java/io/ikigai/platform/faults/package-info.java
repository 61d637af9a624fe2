/**
 * What becomes of accepted work when things break: workers, producers and subscribers in
 * processes of their own, faults in processes, networks and servers, and a ledger outside
 * the platform's tables by which {@link io.ikigai.platform.faults.Verdict} judges.
 */
@NullMarked
package io.ikigai.platform.faults;

import org.jspecify.annotations.NullMarked;
