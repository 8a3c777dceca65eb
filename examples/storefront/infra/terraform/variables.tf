variable "region" {
  description = "Where everything runs"
  type        = string
  default     = "eu-central-1"
}

variable "environment" {
  description = "staging or production"
  type        = string

  validation {
    condition     = contains(["staging", "production"], var.environment)
    error_message = "The environment is staging or production."
  }
}

variable "vpc_id" {
  description = "The shop's network"
  type        = string
}

variable "private_subnet_ids" {
  description = "Subnets without a route to the internet"
  type        = list(string)
}

variable "office_cidrs" {
  description = "Networks that may reach the bastion host"
  type        = list(string)
  default     = ["0.0.0.0/0"]
}

variable "database_encrypted" {
  description = "Encrypt the database's storage"
  type        = bool
}

variable "database_class" {
  description = "Instance class of the database"
  type        = string
  default     = "db.t4g.medium"
}

variable "backup_days" {
  description = "How long database backups are kept"
  type        = number
  default     = 0
}
