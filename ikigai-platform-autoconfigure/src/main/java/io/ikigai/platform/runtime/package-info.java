/**
 * The one implementation of the API over what backends provide: validation, JSON,
 * transactions, leases.
 */
@NullMarked
package io.ikigai.platform.runtime;

import org.jspecify.annotations.NullMarked;
