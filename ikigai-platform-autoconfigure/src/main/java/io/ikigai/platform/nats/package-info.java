/**
 * NATS: mailboxes on JetStream, publish and subscribe on core subjects, behind one door,
 * {@link io.ikigai.platform.nats.NatsBackend}.
 */
@NullMarked
package io.ikigai.platform.nats;

import org.jspecify.annotations.NullMarked;
