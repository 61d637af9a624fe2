/**
 * RabbitMQ, through Spring AMQP's connections: task queues.
 */
@NullMarked
package io.ikigai.platform.rabbitmq;

import org.jspecify.annotations.NullMarked;
